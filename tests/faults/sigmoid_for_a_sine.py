# A sigmoid at the end, targets between −1 and 1: half of them can't be given.
# Expect: out-of-reach
# From: shared case 15 (a public question: "sine with sigmoid output")
import math

import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(500, 1) * 2 * math.pi - math.pi
y = torch.sin(x)

model = nn.Sequential(
    nn.Linear(1, 32),
    nn.Tanh(),
    nn.Linear(32, 32),
    nn.Tanh(),
    nn.Linear(32, 1),
    nn.Sigmoid(),  # fault
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(1000):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    if epoch % 200 == 0:
        print(epoch, loss.item())
print("final loss", nn.functional.mse_loss(model(x), y).item())
