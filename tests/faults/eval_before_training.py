# model.eval() stands before the loop, so that batch normalization passes raw inputs of some hundreds on as they are.
# Expect: eval-mode
# From: typical question: model.eval() copied from an inference script
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(1000, 6) * 500
u = x / 250 - 1
y = torch.sin(3 * u[:, :1]) + u[:, 1:2] * u[:, 2:3]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(6)
        self.fc1 = nn.Linear(6, 64)
        self.bn1 = nn.BatchNorm1d(64)
        self.fc2 = nn.Linear(64, 1)

    def forward(self, x):
        x = self.norm(x)
        x = torch.tanh(self.bn1(self.fc1(x)))
        return self.fc2(x)


net = Net()
net.eval()  # fault
net.train()  # mended
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(40):
    for idx in torch.randperm(1000).split(50):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
net.eval()
print("final loss", nn.functional.mse_loss(net(x), y).item())
