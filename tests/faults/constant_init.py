# All weights of a layer start at the same 0.1: its units get the same gradient, and stay one unit.
# Expect: duplicate-units, underfit, collapsed-to-constant
# From: NeuraLint ("asymmetric units initialization: weights must not start at a constant")
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(800, 2) * 2 - 1
label = ((x[:, 0] > 0) ^ (x[:, 1] > 0)).float().unsqueeze(1)


def weights_init(m):
    if isinstance(m, nn.Linear):
        nn.init.constant_(m.weight, 0.1)
        nn.init.constant_(m.bias, 0.0)


model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 1))
model.apply(weights_init)  # fault
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(60):
    for xb, yb in zip(x.split(40), label.split(40)):
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print("epoch", epoch, "loss", loss.item())
print("accuracy", ((model(x) > 0).float() == label).float().mean().item())
