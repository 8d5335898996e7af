# Two spirals by a hidden layer of two units.
# Expect: underfit
# From: shared case 40 (a public question on two spirals)
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
t = torch.rand(1000).sqrt()
k = torch.randint(0, 2, (1000,))
angle = 3 * math.pi * t + math.pi * k
x = t[:, None] * torch.stack([angle.cos(), angle.sin()], 1) + 0.01 * torch.randn(1000, 2)

width = 2  # fault
width = 64  # mended
model = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(150):
    for idx in torch.randperm(1000).split(100):
        optimizer.zero_grad()
        loss = criterion(model(x[idx]), k[idx])
        loss.backward()
        optimizer.step()
    if epoch % 25 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (model(x).argmax(1) == k).float().mean().item())
