# Large targets and a large step: the first update of SGD pushes every ReLU below zero for good.
# Expect: dead-network, step-too-large, unscaled
# From: AutoTrainer, "dying ReLU"; typical question: "network outputs a constant after the first epoch"
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 32)
        self.fc2 = nn.Linear(32, 16)
        self.fc3 = nn.Linear(16, 1)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


x = torch.rand(800, 3)
y = -20 - 5 * x[:, :1] ** 2 + 4 * x[:, 1:2] * x[:, 2:]
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)  # fault
optimizer = torch.optim.SGD(net.parameters(), lr=0.0005, momentum=0.9)  # mended
for epoch in range(60):
    for xb, yb in zip(x.split(40), y.split(40)):
        optimizer.zero_grad()
        loss = F.mse_loss(net(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 15 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", F.mse_loss(net(x), y).item())
