# Weights from N(0, 0.01²) in a deep tanh network: signals and gradients shrink by a factor in every layer.
# Expect: vanishing, collapsed-to-constant
# From: AutoTrainer, "vanishing gradient"; shared case 12 (tiny start)
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Deep(nn.Module):
    def __init__(self, width=32, depth=5):
        super().__init__()
        self.inp = nn.Linear(4, width)
        self.mid = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)])
        self.out = nn.Linear(width, 2)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=0.01)  # fault
                nn.init.xavier_normal_(m.weight)  # mended
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = torch.tanh(self.inp(x))
        for layer in self.mid:
            x = torch.tanh(layer(x))
        return self.out(x)


x = torch.randn(1000, 4)
y = (x[:, 0] * x[:, 1] > 0).long()
model = Deep()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(25):
    for xb, yb in zip(x.split(50), y.split(50)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
print("accuracy", (model(x).argmax(1) == y).float().mean().item())
