# House prices in dollars as targets: with Adam's step of 1e-3 the output never gets there.
# Expect: unscaled, step-too-small
# From: typical question: "loss of 1e10", regression on prices
import torch
import torch.nn as nn

torch.manual_seed(0)
rooms = torch.randint(1, 8, (1000, 1)).float()
area = 30 + 20 * rooms + 10 * torch.randn(1000, 1)
age = 50 * torch.rand(1000, 1)
X = torch.cat([rooms, area, age], 1)
X = (X - X.mean(0)) / X.std(0)
price = 30_000 + 2_500 * area - 800 * age + 5_000 * torch.randn(1000, 1)
mean, std = price.mean(), price.std()
price = (price - mean) / std  # mended

model = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.MSELoss()
for epoch in range(40):
    for x, y in zip(X.split(50), price.split(50)):
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 0:
        print(f"epoch {epoch} loss {loss.item():.4g}")
relative = (loss_fn(model(X), price) / price.var()).item()
print("unexplained share, loss", relative)
