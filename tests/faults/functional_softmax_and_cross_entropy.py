# F.softmax in forward, F.cross_entropy in the loop: three spirals in two dimensions.
# Expect: softmax-twice
# From: shared case of spirals; the same fault in functional style
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
t = torch.rand(900) * 0.9 + 0.1
k = torch.arange(900) % 3
angle = 2 * math.pi * (t + k / 3)
X = torch.stack([t * torch.cos(angle), t * torch.sin(angle)], 1) + 0.01 * torch.randn(900, 2)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 3)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return F.softmax(self.fc3(x), dim=-1)  # fault
        return self.fc3(x)  # mended


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(300):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(X), k)
    loss.backward()
    optimizer.step()
    if epoch % 100 == 0:
        print(epoch, loss.item())
print("accuracy", (net(X).argmax(1) == k).float().mean().item())
