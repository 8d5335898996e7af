# An autoencoder with a sigmoid decoder, whose images were standardized: pixels from −2 to 2.
# Expect: out-of-reach
# From: DeepDiagnosis ("out of range"); typical question on autoencoders
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
raw = torch.sigmoid(torch.randn(1200, 4) @ torch.randn(4, 100))
images = (raw - raw.mean()) / raw.std()  # fault
images = raw  # mended


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(100, 48), nn.ReLU(), nn.Linear(48, 4))
        self.decoder = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 100), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


model = AutoEncoder()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.MSELoss()
for epoch in range(25):
    for i in range(0, 1200, 40):
        batch = images[i : i + 40]
        loss = criterion(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print(f"epoch {epoch} loss {loss.item():.4f}")
print("unexplained share, loss", (criterion(model(images), images) / images.var()).item())
