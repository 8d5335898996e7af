# Hidden layers in a Python list: parameters() does not know them, and only the last layer is trained.
# Expect: not-in-optimizer
# From: PyTorch forum: "nn.ModuleList against a plain list"
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]  # fault
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))  # mended
        self.out = nn.Linear(sizes[-1], 1)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.out(x)


x = torch.rand(512, 3) * 4 - 2
y = (torch.sin(3 * x[:, :1]) * x[:, 1:2] + x[:, 2:] ** 2) / 2
model = MLP([3, 32, 32, 16])
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(800):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    if epoch % 100 == 0:
        print(f"{epoch:4d} loss {loss.item():.5f}")
print("final loss", F.mse_loss(model(x), y).item())
