# A Poisson regression by hand, exp(z) − n·z, on counts of thousands and inputs that were not scaled.
# Expect: diverged, unscaled, step-too-large, exploding
# From: DeepLocalize ("numerical error: overflow of exp")
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
hours = torch.rand(800, 3) * 100
rate = torch.exp(0.02 * hours[:, 0] - 0.01 * hours[:, 1] + 1)
counts = torch.poisson(rate)
x = hours  # fault
x = (hours - 50) / 29  # mended


class PoissonNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 32)
        self.log_rate = nn.Linear(32, 1)

    def forward(self, x):
        return self.log_rate(torch.relu(self.hidden(x))).squeeze(1)


net = PoissonNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(30):
    for xb, n in zip(x.split(40), counts.split(40)):
        z = net(xb)
        loss = (torch.exp(z) - n * z).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch}: {loss.item():.4f}")
print("unexplained share, loss", ((torch.exp(net(x)) - rate).pow(2).mean() / rate.var()).item())
