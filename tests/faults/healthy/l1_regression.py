# A table, L1 loss, a cosine schedule, batches from a DataLoader with a rest at the end.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(1010, 7)
y = (x[:, :1] - 2 * x[:, 1:2].abs() + x[:, 2:3] * x[:, 3:4]) + 0.2 * torch.randn(1010, 1)
train, test = random_split(TensorDataset(x, y), [810, 200])
loader = DataLoader(train, batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(7, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=20 * len(loader))
criterion = nn.L1Loss()
for epoch in range(20):
    net.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(net(xb), yb)
        loss.backward()
        optimizer.step()
        scheduler.step()
    net.eval()
    with torch.no_grad():
        held = sum(criterion(net(xb), yb).item() for xb, yb in DataLoader(test, batch_size=100)) / 2
    if epoch % 4 == 0:
        print(f"epoch {epoch} loss {loss.item():.3f} held out {held:.3f}")
