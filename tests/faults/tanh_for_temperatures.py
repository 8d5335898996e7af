# A forecast of temperatures (5 to 35) by a network that ends in tanh.
# Expect: out-of-reach
# From: DeepDiagnosis ("out of range": last activation does not fit the targets)
import torch
import torch.nn as nn

torch.manual_seed(0)
day = torch.arange(1400) / 365
temperature = 20 + 12 * torch.sin(6.2832 * day) + torch.randn(1400)
windows = temperature.unfold(0, 8, 1)
inputs, targets = (windows[:, :7] - 20) / 10, windows[:, 7:]


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(7, 32)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        return torch.tanh(self.fc2(x))  # fault
        return self.fc2(x)  # mended


model = Forecast()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for i in range(0, 1300, 50):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs[i : i + 50]), targets[i : i + 50])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(f"epoch {epoch}: {loss.item():.3f}")
print("final loss", nn.functional.mse_loss(model(inputs), targets).item())
