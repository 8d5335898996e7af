# Signals in volts, some 1e-5 large: the network sees zeros.
# Expect: unscaled
# From: typical question on sensor data; NeuraLint's premise that inputs are of order one
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
labels = torch.randint(0, 3, (900,))
time = torch.arange(64) / 64
frequency = torch.tensor([3.0, 6.0, 11.0])[labels][:, None]
phase = 6.28 * torch.rand(900, 1)
signals = 2e-5 * (torch.sin(6.28 * frequency * time + phase) + 0.5 * torch.randn(900, 64))
signals = signals / signals.std()  # mended
signals = signals.unsqueeze(1)


class SignalNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 8, 9, stride=2)
        self.conv2 = nn.Conv1d(8, 16, 9, stride=2)
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x)).amax(dim=2)
        return self.fc(x)


model = SignalNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(12):
    for xb, yb in zip(signals.split(30), labels.split(30)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item())
print("accuracy", (model(signals).argmax(1) == labels).float().mean().item())
