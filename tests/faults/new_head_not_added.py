# A decoder is created inside the loop's first epoch, after the optimizer: its parameters are in no group.
# Expect: not-in-optimizer
# From: typical question: lazily built layers
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 24)
        self.second = None
        self.second = nn.Sequential(nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 3))  # mended

    def forward(self, x):
        h = torch.tanh(self.first(x))
        if self.second is None:
            self.second = nn.Sequential(nn.Linear(h.shape[1], 24), nn.Tanh(), nn.Linear(24, 3))
        return self.second(h)


x = torch.randn(800, 12)
y = torch.stack([x[:, 0] * x[:, 1], x[:, 2].sin(), x[:, 3] - x[:, 4]], 1)
net = Lazy()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(60):
    for i in range(0, 800, 40):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(x[i : i + 40]), y[i : i + 40])
        loss.backward()
        opt.step()
    if epoch % 12 == 0:
        print(epoch, loss.item())
print("final loss", nn.functional.mse_loss(net(x), y).item())
