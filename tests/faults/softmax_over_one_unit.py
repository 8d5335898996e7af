# Circles, two classes, one output unit with a softmax: its answer is 1, whatever goes in.
# Expect: one-class-softmax
# From: AutoTrainer's circle; DeepLocalize (Stack Overflow: one unit with softmax and binary cross-entropy)
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
angle = 2 * math.pi * torch.rand(1000)
label = torch.randint(0, 2, (1000, 1)).float()
radius = 1.0 - 0.5 * label[:, 0]
points = torch.stack([radius * torch.cos(angle), radius * torch.sin(angle)], 1) + 0.08 * torch.randn(1000, 2)

model = nn.Sequential(
    nn.Linear(2, 16),
    nn.ReLU(),
    nn.Linear(16, 1),
    nn.Softmax(dim=1),  # fault
    nn.Sigmoid(),  # mended
)
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    for x, y in zip(points.split(50), label.split(50)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", ((model(points) > 0.5).float() == label).float().mean().item())
