# In the generator's step the discriminator's optimizer is stepped: the generator never changes.
# Expect: not-in-optimizer, no-gradient, gradients-not-cleared
# From: typical question on GANs: the two optimizers mixed up
import torch
import torch.nn as nn

torch.manual_seed(0)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.main(x)


G, D = Generator(), Discriminator()
optimizer_d = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.99))
optimizer_g = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.5, 0.99))  # fault
optimizer_g = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.5, 0.99))  # mended
criterion = nn.BCEWithLogitsLoss()
real_label, fake_label = torch.ones(64, 1), torch.zeros(64, 1)
mean = torch.tensor([1.5, 1.5])
for step in range(1500):
    D.zero_grad()
    fake = G(torch.randn(64, 4))
    err_d = criterion(D(mean + 0.4 * torch.randn(64, 2)), real_label) + criterion(D(fake.detach()), fake_label)
    err_d.backward()
    optimizer_d.step()
    G.zero_grad()
    D.zero_grad()
    err_g = criterion(D(fake), real_label)
    err_g.backward()
    optimizer_g.step()
    if step % 300 == 0:
        print(f"[{step}] Loss_D: {err_d.item():.4f} Loss_G: {err_g.item():.4f}")
print("distance of the means, loss", (G(torch.randn(1000, 4)).mean(0) - mean).norm().item())
