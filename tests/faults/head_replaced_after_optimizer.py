# Transfer learning: a new head of other classes is set after the optimizer was made, so that it keeps its random start.
# Expect: not-in-optimizer
# From: typical question on fine-tuning: "accuracy stays at chance"
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        return self.fc(self.features(x))


centers = torch.randn(6, 20)
y = torch.randint(0, 6, (1200,))
x = centers[y] + 0.8 * torch.randn(1200, 20)

model = Backbone()
for p in model.features.parameters():
    p.requires_grad = False
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  # fault
model.fc = nn.Linear(64, 6)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  # mended

for epoch in range(10):
    for xb, yb in zip(x.split(40), y.split(40)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch} loss {loss.item():.3f}")
print("accuracy", (model(x).argmax(1) == y).float().mean().item())
