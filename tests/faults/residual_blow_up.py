# Twenty residual blocks without normalization, each scaled up by its start: activations reach 1e10.
# Expect: exploding, step-too-large, diverged
# From: DeepDiagnosis ("exploding tensor"); typical question on residual networks without normalization
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)  # mended
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width)
        nn.init.kaiming_normal_(self.up.weight)
        nn.init.kaiming_normal_(self.down.weight)

    def forward(self, x):
        return x + self.down(torch.relu(self.up(x)))  # fault
        return x + self.down(torch.relu(self.up(self.norm(x))))  # mended


net = nn.Sequential(nn.Linear(8, 32), *[Block(32) for _ in range(20)], nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randn(600, 8)
y = (x[:, :2].prod(1) + x[:, 2].sin()).unsqueeze(1)
for epoch in range(10):
    for i in range(0, 600, 50):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x[i : i + 50]), y[i : i + 50])
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item())
print("final loss", nn.functional.mse_loss(net(x), y).item())
