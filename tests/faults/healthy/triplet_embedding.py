# Embeddings by the triplet margin loss.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
labels = torch.randint(0, 8, (800,))
data = torch.randn(8, 20)[labels] + 0.7 * torch.randn(800, 20)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(20, 64)
        self.fc2 = nn.Linear(64, 8)

    def forward(self, x):
        return F.normalize(self.fc2(F.relu(self.fc1(x))), dim=1)


net = Embedder()
criterion = nn.TripletMarginLoss(margin=0.5)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
groups = [torch.where(labels == c)[0] for c in range(8)]


def pick(k):
    return groups[k][torch.randint(0, len(groups[k]), (1,))]


for step in range(400):
    c = torch.randint(0, 8, (32,))
    other = (c + torch.randint(1, 8, (32,))) % 8
    a, p = torch.cat([pick(k) for k in c]), torch.cat([pick(k) for k in c])
    n = torch.cat([pick(k) for k in other])
    loss = criterion(net(data[a]), net(data[p]), net(data[n]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 80 == 0:
        print(step, loss.item())
