# A small GAN: the discriminator keeps the gradients of the generator's loss, and of all steps before.
# Expect: gradients-not-cleared
# From: typical question on GANs: "discriminator loss explodes", missing D.zero_grad()
import torch
import torch.nn as nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.SGD(D.parameters(), lr=0.05)
bce = nn.BCEWithLogitsLoss()


def real_batch(n=64):
    return torch.tensor([2.0, -1.0]) + 0.3 * torch.randn(n, 2)


for step in range(1500):
    real = real_batch()
    fake = G(torch.randn(64, 4))
    opt_d.zero_grad()  # mended
    loss_d = bce(D(real), torch.ones(64, 1)) + bce(D(fake.detach()), torch.zeros(64, 1))
    loss_d.backward()
    opt_d.step()

    opt_g.zero_grad()
    loss_g = bce(D(fake), torch.ones(64, 1))
    loss_g.backward()
    opt_g.step()
    if step % 300 == 0:
        print(step, "D", loss_d.item(), "G", loss_g.item())

with torch.no_grad():
    fake = G(torch.randn(2000, 4))
error = (fake.mean(0) - torch.tensor([2.0, -1.0])).norm()
print("distance of the means, loss", error.item())
