# Transfer learning: pretrain, freeze the backbone, train a new head with the frozen batch normalization in eval mode.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
centers = torch.randn(12, 16)


def data(classes, n=800):
    y = torch.randint(0, len(classes), (n,))
    return centers[classes][y] + 0.5 * torch.randn(n, 16), y


backbone = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
head = nn.Linear(32, 6)
x, y = data(list(range(6)))
optimizer = torch.optim.Adam([*backbone.parameters(), *head.parameters()], lr=1e-3)
for _ in range(8):
    for xb, yb in zip(x.split(40), y.split(40)):
        loss = F.cross_entropy(head(backbone(xb)), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print("pretrained", loss.item())

for p in backbone.parameters():
    p.requires_grad = False
backbone.eval()
head = nn.Linear(32, 6)
x, y = data(list(range(6, 12)))
optimizer = torch.optim.Adam(head.parameters(), lr=5e-3)
for epoch in range(15):
    for xb, yb in zip(x.split(40), y.split(40)):
        loss = F.cross_entropy(head(backbone(xb)), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", (head(backbone(x)).argmax(1) == y).float().mean().item())
