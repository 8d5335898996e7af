# A log-softmax in front of a cross-entropy: superfluous, and without any effect.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
y = torch.randint(0, 4, (1000,))
x = torch.randn(4, 8)[y] + 0.6 * torch.randn(1000, 8)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4), nn.LogSoftmax(dim=1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(12):
    for xb, yb in zip(x.split(50), y.split(50)):
        loss = F.cross_entropy(net(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
