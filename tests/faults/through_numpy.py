# A feature is computed in numpy inside forward, and wrapped as a tensor again: the graph ends there.
# Expect: no-gradient
# From: typical question: numpy in forward
# Held out
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 12), nn.Tanh(), nn.Linear(12, 6), nn.Tanh())
        self.head = nn.Linear(6, 1)

    def forward(self, x):
        h = self.body(x)
        h = torch.from_numpy(np.clip(h.detach().numpy(), -0.9, 0.9))  # fault
        h = torch.clamp(h, -0.9, 0.9)  # mended
        return self.head(h)


x = torch.linspace(-3, 3, 300)[:, None]
y = torch.sin(3 * x)
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(2000):
    opt.zero_grad()
    loss = nn.MSELoss()(net(x), y)
    loss.backward()
    opt.step()
    if epoch % 400 == 0:
        print(f"epoch {epoch}, loss {loss.item():.4f}")
print("final loss", nn.MSELoss()(net(x), y).item())
