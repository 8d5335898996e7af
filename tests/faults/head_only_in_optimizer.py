# Image patches: only the classifier of an untrained CNN is in the optimizer; the author wanted all of it.
# Expect: not-in-optimizer
# From: typical question: filter of parameters that matches too little
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(5)


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_a = nn.Conv2d(1, 6, 3)
        self.conv_b = nn.Conv2d(6, 4, 3)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        x = F.relu(self.conv_a(x))
        x = F.relu(self.conv_b(x))
        return self.fc(self.pool(x).flatten(1))


def make(n):
    y = torch.randint(0, 4, (n,))
    grid = torch.arange(12.0)
    wave = torch.stack([torch.sin(grid * 1.5), torch.sin(grid * 0.6)])
    x = torch.randn(n, 12, 12)
    for i in range(n):
        w = wave[y[i] // 2]
        x[i] += w[None, :] if y[i] % 2 else w[:, None]
    return x.unsqueeze(1), y


x, y = make(800)
model = SmallCNN()
named = [p for name, p in model.named_parameters() if name.startswith("fc")]  # fault
named = [p for name, p in model.named_parameters() if p.requires_grad]  # mended
optimizer = torch.optim.Adam(named, lr=0.01)
for epoch in range(15):
    for i in range(0, 800, 40):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[i : i + 40]), y[i : i + 40])
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(epoch, loss.item())
xt, yt = make(300)
print("test accuracy", (model(xt).argmax(1) == yt).float().mean().item())
