# AutoTrainer's circle network with biases of −10: no ReLU is ever on.
# Expect: dead-network
# From: AutoTrainer, "dying ReLU" on circles
import math

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
angle = 2 * math.pi * torch.rand(1000)
label = torch.randint(0, 2, (1000, 1)).float()
points = (1 - 0.5 * label) * torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(1000, 2)
loader = DataLoader(TensorDataset(points, label), batch_size=50, shuffle=True)

model = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 24), nn.ReLU(), nn.Linear(24, 1))
for layer in model[::2]:
    nn.init.kaiming_uniform_(layer.weight)
    nn.init.constant_(layer.bias, -10.0)  # fault
    nn.init.constant_(layer.bias, 0.0)  # mended
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(20):
    for x, y in loader:
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", ((model(points) > 0).float() == label).float().mean().item())
