# AutoTrainer's circle network: eight hidden layers of sigmoids under SGD. The first layers get next to no gradient.
# Expect: vanishing, collapsed-to-constant
# From: AutoTrainer, "vanishing gradient" on circles
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
angle = 2 * math.pi * torch.rand(1000)
label = torch.randint(0, 2, (1000, 1)).float()
points = (1 - 0.5 * label) * torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(1000, 2)

act = nn.Sigmoid  # fault
act = nn.ReLU  # mended
layers = [nn.Linear(2, 16), act()]
for _ in range(7):
    layers += [nn.Linear(16, 16), act()]
model = nn.Sequential(*layers, nn.Linear(16, 1))
for p in model.parameters():
    if p.dim() == 2:
        nn.init.xavier_uniform_(p)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(60):
    for x, y in zip(points.split(40), label.split(40)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", ((model(points) > 0).float() == label).float().mean().item())
