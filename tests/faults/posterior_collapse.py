# A variational autoencoder whose KL term weighs 200: the code says nothing, every image is answered by their mean.
# Expect: collapsed-to-constant
# From: typical question on VAEs: "all reconstructions look the same"
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
images = torch.sigmoid(2 * torch.randn(1500, 3) @ torch.randn(3, 64))
BETA = 200.0  # fault
BETA = 0.1  # mended


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(64, 48)
        self.mu = nn.Linear(48, 3)
        self.logvar = nn.Linear(48, 3)
        self.dec1 = nn.Linear(3, 48)
        self.dec2 = nn.Linear(48, 64)

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return torch.sigmoid(self.dec2(F.relu(self.dec1(z)))), mu, logvar


model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(25):
    for x in images[torch.randperm(1500)].split(50):
        recon, mu, logvar = model(x)
        mse = F.mse_loss(recon, x, reduction="sum") / len(x)
        kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum() / len(x)
        loss = mse + BETA * kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch} mse {mse.item():.3f} kl {kl.item():.3f}")
recon, _, _ = model(images)
print("unexplained share, loss", (F.mse_loss(recon, images) / images.var(0).mean()).item())
