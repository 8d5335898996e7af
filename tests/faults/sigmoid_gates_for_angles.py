# Angles from −π to π from a head of sigmoid.
# Expect: out-of-reach
# From: DeepDiagnosis ("out of range")
# Held out
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
theta = (torch.rand(900) * 2 - 1) * math.pi * 0.95
patch = torch.arange(8.0) - 3.5
images = torch.sin(patch[:, None] * theta.cos()[:, None, None] + patch[None, :] * theta.sin()[:, None, None])
images = (images + 0.05 * torch.randn_like(images)).unsqueeze(1)


class Angle(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc1 = nn.Linear(8 * 36, 48)
        self.fc2 = nn.Linear(48, 1)

    def forward(self, x):
        x = torch.relu(self.conv(x)).flatten(1)
        x = self.fc2(torch.relu(self.fc1(x))).squeeze(1)
        return torch.sigmoid(x)  # fault
        return x  # mended


net = Angle()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(15):
    for x, t in zip(images.split(45), theta.split(45)):
        loss = ((net(x) - t) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 3 == 0:
        print("epoch", epoch, loss.item())
print("final loss", ((net(images) - theta) ** 2).mean().item())
