# AdamW with weight_decay=50: the decay takes more than the gradient gives, and the fit shrinks to a constant.
# Expect: weight-decay-too-strong, collapsed-to-constant
# From: typical question: "network predicts the mean"; regularization too strong
import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(1000, 6)
y = torch.sin(X[:, :1]) + 0.5 * X[:, 1:2] ** 2 - 0.5 + 0.3 * X[:, 2:3]

net = nn.Sequential(nn.Linear(6, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
optimizer = torch.optim.AdamW(net.parameters(), lr=0.003, weight_decay=50.0)  # fault
optimizer = torch.optim.AdamW(net.parameters(), lr=0.003, weight_decay=0.01)  # mended
criterion = nn.MSELoss()
for epoch in range(30):
    for idx in torch.randperm(1000).split(50):
        optimizer.zero_grad()
        loss = criterion(net(X[idx]), y[idx])
        loss.backward()
        optimizer.step()
    if epoch % 6 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", criterion(net(X), y).item())
