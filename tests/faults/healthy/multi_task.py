# Two heads on one trunk: a class and a number, two losses with weights, evaluation within the loop.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 32), nn.ReLU())
        self.kind = nn.Linear(32, 3)
        self.size = nn.Linear(32, 1)

    def forward(self, x):
        h = self.trunk(x)
        return {"kind": self.kind(h), "size": self.size(h).squeeze(-1)}


x = torch.randn(1500, 10)
kind = torch.stack([x[:, 0], x[:, 1], x[:, 2] * x[:, 3]], 1).argmax(1)
size = x[:, 4].abs() + 0.5 * x[:, 5]
model = MultiTask()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(15):
    model.train()
    for idx in torch.randperm(1200).split(40):
        out = model(x[idx])
        loss = F.cross_entropy(out["kind"], kind[idx]) + 0.5 * F.mse_loss(out["size"], size[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        out = model(x[1200:])
        accuracy = (out["kind"].argmax(1) == kind[1200:]).float().mean()
    print(f"epoch {epoch} loss {loss.item():.3f} accuracy {accuracy:.3f}")
