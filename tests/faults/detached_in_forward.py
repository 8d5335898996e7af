# A two-part network: the features are detached on their way, so that the first part never gets a gradient.
# Expect: no-gradient
# From: typical question: a stray .detach(), or .data, in forward
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class TwoPart(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk1 = nn.Linear(2, 16)
        self.trunk2 = nn.Linear(16, 4)
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        z = torch.relu(self.trunk1(x))
        z = torch.relu(self.trunk2(z))
        z = z.detach()  # fault
        return self.head(z)


x = torch.rand(600, 2) * 2 - 1
y = ((x**2).sum(1, keepdim=True) < 0.5).float()
model = TwoPart()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(1000):
    logits = model(x)
    loss = F.binary_cross_entropy_with_logits(logits, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 200 == 0:
        print(step, loss.item())
print("accuracy", ((model(x) > 0).float() == y).float().mean().item())
