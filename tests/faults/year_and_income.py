# A table with a year (about 2000) and an income (about 50,000) beside columns of order one, into tanh units.
# Expect: unscaled, saturated
# From: UMLAUT ("input not normalized"); typical question on tables
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
n = 1200
year = torch.randint(1990, 2021, (n, 1)).float()
income = 50_000 + 15_000 * torch.randn(n, 1)
score = torch.rand(n, 1)
married = torch.randint(0, 2, (n, 1)).float()
features = torch.cat([year, income, score, married], dim=1)
z = (features - features.mean(0)) / features.std(0)
target = torch.sin(z[:, :1]) + 0.5 * z[:, 1:2] * z[:, 2:3] + 0.3 * z[:, 3:]
features = z  # mended


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(4, 48)
        self.l2 = nn.Linear(48, 48)
        self.l3 = nn.Linear(48, 1)

    def forward(self, x):
        return self.l3(torch.tanh(self.l2(torch.tanh(self.l1(x)))))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(40):
    perm = torch.randperm(n)
    for i in range(0, n, 60):
        idx = perm[i : i + 60]
        loss = nn.functional.mse_loss(net(features[idx]), target[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        print(epoch + 1, loss.item())
print("final loss", nn.functional.mse_loss(net(features), target).item())
