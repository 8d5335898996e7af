# Sensor counts from 0 to 4,095 through a tanh network with its default start.
# Expect: saturated, unscaled
# From: DeepDiagnosis ("saturated activation"), shared case 10
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
counts = torch.randint(0, 4096, (1000, 5)).float()
u = counts / 2048 - 1
flow = u[:, :1] * u[:, 1:2] + torch.relu(u[:, 2:3]) - u[:, 3:4] ** 2
counts = u  # mended


class Sensor(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 16), nn.Tanh())
        self.readout = nn.Linear(16, 1)

    def forward(self, x):
        return self.readout(self.layers(x))


model = Sensor()
optimizer = torch.optim.RMSprop(model.parameters(), lr=2e-3)
for epoch in range(60):
    order = torch.randperm(1000)
    for i in range(0, 1000, 50):
        rows = order[i : i + 50]
        loss = ((model(counts[rows]) - flow[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(epoch, loss.item())
print("final loss", ((model(counts) - flow) ** 2).mean().item())
