# An autoencoder of small images: only the decoder's parameters were handed to the optimizer.
# Expect: not-in-optimizer
# From: typical question on encoder and decoder of two modules
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
basis = torch.randn(3, 64)
codes = torch.randn(1500, 3)
images = torch.sigmoid(codes @ basis).view(-1, 1, 8, 8)

encoder = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))
decoder = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 64), nn.Sigmoid())
optimizer = torch.optim.Adam(decoder.parameters(), lr=2e-3)  # fault
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)  # mended
criterion = nn.MSELoss()

for epoch in range(25):
    for i in range(0, len(images), 50):
        batch = images[i : i + 50]
        restored = decoder(encoder(batch)).view(-1, 1, 8, 8)
        loss = criterion(restored, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "reconstruction", loss.item())

restored = decoder(encoder(images)).view(-1, 1, 8, 8)
print("final loss", criterion(restored, images).item())
