# RMSprop with lr=1 on a classifier of two moons.
# Expect: step-too-large, dead-network, collapsed-to-constant, saturated
# From: UMLAUT ("learning rate too high")
# Held out
import math

import torch
from torch import nn

torch.manual_seed(0)
a = torch.rand(800) * math.pi
y = torch.randint(0, 2, (800,))
x = torch.where(y[:, None] == 0, torch.stack([a.cos(), a.sin()], 1), torch.stack([1 - a.cos(), 0.5 - a.sin()], 1))
x = x + 0.1 * torch.randn(800, 2)
model = nn.Sequential(nn.Linear(2, 32), nn.ELU(), nn.Linear(32, 32), nn.ELU(), nn.Linear(32, 2))
optimizer = torch.optim.RMSprop(model.parameters(), lr=1.0)  # fault
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.002)  # mended
criterion = nn.CrossEntropyLoss()
for epoch in range(30):
    for idx in torch.randperm(800).split(40):
        optimizer.zero_grad()
        loss = criterion(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
    if epoch % 6 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f}")
print("final loss", criterion(model(x), y).item())
