# A contrastive loss with sqrt of a squared distance: where a pair is equal, the gradient of sqrt is infinite, times 0.
# Expect: diverged
# From: typical question on siamese networks: "loss is nan after some steps"
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
labels = torch.randint(0, 4, (400,))
data = torch.randn(4, 10)[labels] + 0.4 * torch.randn(400, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)


def contrastive(a, b, same):
    squared = ((a - b) ** 2).sum(1)
    distance = squared.sqrt()  # fault
    distance = (squared + 1e-6).sqrt()  # mended
    return (same * squared + (1 - same) * torch.relu(1.0 - distance) ** 2).mean()


for step in range(800):
    i, j = torch.randint(0, 400, (64,)), torch.randint(0, 400, (64,))
    same = (labels[i] == labels[j]).float()
    loss = contrastive(net(data[i]), net(data[j]), same)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print(step, loss.item())
print("final loss", loss.item())
