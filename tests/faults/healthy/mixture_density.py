# A mixture density network for an inverse problem with several answers.
import torch
import torch.nn as nn
from torch.distributions import Categorical, MixtureSameFamily, Normal

torch.manual_seed(0)
y = torch.rand(1500, 1) * 2 - 1
x = y + 0.3 * torch.sin(6.28 * y) + 0.05 * torch.randn(1500, 1)


class MDN(nn.Module):
    def __init__(self, parts=4):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 48), nn.Tanh())
        self.weight, self.mean, self.log_std = (nn.Linear(48, parts) for _ in range(3))

    def forward(self, x):
        h = self.body(x)
        parts = Normal(self.mean(h), self.log_std(h).clamp(-4, 2).exp())
        return MixtureSameFamily(Categorical(logits=self.weight(h)), parts)


net = MDN()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(25):
    for idx in torch.randperm(1500).split(75):
        loss = -net(x[idx]).log_prob(y[idx, 0]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
