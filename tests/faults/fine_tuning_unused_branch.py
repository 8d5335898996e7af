# A model with two heads: the loss is taken of the auxiliary head only, so that the main one never gets a gradient.
# Expect: no-gradient
# From: typical question on multi-task models: wrong output of a tuple
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(8, 32)
        self.main = nn.Linear(32, 5)
        self.auxiliary = nn.Linear(32, 5)

    def forward(self, x):
        h = F.relu(self.trunk(x))
        return self.main(h), self.auxiliary(h)


labels = torch.randint(0, 5, (1000,))
data = 1.5 * torch.randn(5, 8)[labels] + 0.8 * torch.randn(1000, 8)
net = TwoHeads()
optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
for epoch in range(15):
    for x, y in zip(data.split(40), labels.split(40)):
        main, auxiliary = net(x)
        loss = F.cross_entropy(auxiliary, y)  # fault
        loss = F.cross_entropy(main, y) + 0.3 * F.cross_entropy(auxiliary, y)  # mended
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 3 == 0:
        print(epoch, loss.item())
print("accuracy", (net(data)[0].argmax(1) == labels).float().mean().item())
