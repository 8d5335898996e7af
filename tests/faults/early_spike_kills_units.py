# A forgotten factor of 200 on the first batches' rate: most ReLUs die in the first steps, the rest learns on.
# Expect: step-too-large, dead-units, dead-network, collapsed-to-constant
# From: AutoTrainer, "dying ReLU"; typical question on warm restarts
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(8, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 4)

    def forward(self, x):
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


x = torch.randn(1200, 8)
y = 2 * (x[:, 0] * x[:, 1] > 0).long() + (x[:, 2] * x[:, 3] > 0).long()
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
FACTOR = 200  # fault
FACTOR = 1  # mended
step = 0
for epoch in range(30):
    for xb, yb in zip(x.split(60), y.split(60)):
        optimizer.param_groups[0]["lr"] = 3e-3 * (FACTOR if step < 8 else 1)
        optimizer.zero_grad()
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        optimizer.step()
        step += 1
    if epoch % 6 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
