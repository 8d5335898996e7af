# The prediction is rounded before the loss: the gradient of round is zero everywhere.
# Expect: no-gradient, vanishing
# From: typical question: "round, argmax or a comparison in forward"
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)


class Counter(nn.Module):
    """Counts the ones in a vector of bits."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, bits):
        count = self.net(bits)
        return torch.round(count)  # fault
        return count  # mended


model = Counter()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for i in range(800):
    bits = (torch.rand(64, 10) < 0.5).float()
    target = bits.sum(1, keepdim=True)
    loss = nn.functional.mse_loss(model(bits), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if i % 200 == 0:
        print(i, loss.item())
bits = (torch.rand(500, 10) < 0.5).float()
print("final loss", nn.functional.mse_loss(model(bits), bits.sum(1, keepdim=True)).item())
