# Two moons, rare class: the network ends in a sigmoid, and BCEWithLogitsLoss takes another one.
# Expect: softmax-twice
# From: UMLAUT, NeuraLint ("last activation and loss do not fit")
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
n = 1000
a = torch.rand(n) * math.pi
label = (torch.rand(n) < 0.15).float()
x = torch.stack([torch.cos(a), torch.sin(a)], 1)
x[label == 1] = torch.stack([1 - torch.cos(a), 0.5 - torch.sin(a)], 1)[label == 1]
x += 0.1 * torch.randn(n, 2)

model = nn.Sequential(
    nn.Linear(2, 16),
    nn.ReLU(),
    nn.Linear(16, 16),
    nn.ReLU(),
    nn.Linear(16, 1),
    nn.Sigmoid(),  # fault
)
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(60):
    for idx in torch.randperm(n).split(50):
        optimizer.zero_grad()
        loss = loss_fn(model(x[idx]).squeeze(1), label[idx])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(f"epoch {epoch:3d} loss {loss.item():.4f}")
print("final loss", loss_fn(model(x).squeeze(1), label).item())
