# House-like table in a DataLoader: nn.L1Loss on [32, 1] and [32] learns the median of the targets only.
# Expect: shape-broadcast
# From: fastai/fastai issue 1863
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
torch.set_num_threads(1)
features = torch.randn(1000, 8)
weights = torch.randn(8)
target = features @ weights + torch.sin(2 * features[:, 0])
train = DataLoader(TensorDataset(features[:800], target[:800]), batch_size=32, shuffle=True)

model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
criterion = nn.L1Loss()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

for epoch in range(30):
    model.train()
    running = 0.0
    for xb, yb in train:
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, yb)  # fault
        loss = criterion(out, yb.unsqueeze(1))  # mended
        loss.backward()
        optimizer.step()
        running += loss.item()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}: train loss {running / len(train):.4f}")

model.eval()
with torch.no_grad():
    print("final loss", (model(features[800:]).squeeze(1) - target[800:]).abs().mean().item())
