# Circles through three linear layers with nothing between them: together they are one line.
# Expect: linear-network, underfit, collapsed-to-constant
# From: NeuraLint, UMLAUT ("missing non-linearity"), AutoTrainer's circle
import math

import torch
import torch.nn as nn

torch.manual_seed(0)
angle = 2 * math.pi * torch.rand(1000)
label = torch.randint(0, 2, (1000,))
points = (1 - 0.5 * label)[:, None] * torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(1000, 2)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32)
        self.fc2 = nn.Linear(32, 32)
        self.fc3 = nn.Linear(32, 2)

    def forward(self, x):
        x = self.fc1(x)  # fault
        x = self.fc2(x)  # fault
        x = torch.relu(self.fc1(x))  # mended
        x = torch.relu(self.fc2(x))  # mended
        return self.fc3(x)


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
criterion = nn.CrossEntropyLoss()
for epoch in range(40):
    for x, y in zip(points.split(40), label.split(40)):
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 8 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (net(points).argmax(1) == label).float().mean().item())
