# AutoTrainer's deep network with weights from N(0, 1): signals and gradients grow by a factor in every layer.
# Expect: exploding, step-too-large, diverged
# From: AutoTrainer, "exploding gradient" on circles
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
angle = 2 * math.pi * torch.rand(600)
label = torch.randint(0, 2, (600,))
points = (1 - 0.5 * label)[:, None] * torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(600, 2)

layers = [nn.Linear(2, 32), nn.ReLU()]
for _ in range(6):
    layers += [nn.Linear(32, 32), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(32, 2))
for p in model.parameters():
    if p.dim() == 2:
        nn.init.normal_(p)  # fault
        nn.init.kaiming_normal_(p)  # mended

optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(100):
    for x, y in zip(points.split(50), label.split(50)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 20 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", criterion(model(points), label).item())
