# Dropout with p=0.95 behind every layer, meant as the share that is kept.
# Expect: dropout-too-high, underfit, collapsed-to-constant
# From: UMLAUT ("dropout rate too high"); keep probability and drop probability mixed up
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
KEEP = 0.95


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(10, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 4)
        self.dropout = nn.Dropout(KEEP)  # fault
        self.dropout = nn.Dropout(1 - KEEP)  # mended

    def forward(self, x):
        x = self.dropout(F.relu(self.fc1(x)))
        x = self.dropout(F.relu(self.fc2(x)))
        return self.fc3(x)


x = torch.randn(1500, 10)
y = (x[:, 0] * x[:, 1] > 0).long() + 2 * (x[:, 2] > 0).long()
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(25):
    net.train()
    for xb, yb in zip(x.split(50), y.split(50)):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
net.eval()
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
