# A convolutional autoencoder that removes noise.
import torch
import torch.nn as nn

torch.manual_seed(0)
torch.set_num_threads(1)
clean = torch.sigmoid(3 * torch.randn(800, 4) @ torch.randn(4, 144)).view(-1, 1, 12, 12)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.ConvTranspose2d(16, 8, 2, stride=2),
    nn.ReLU(),
    nn.ConvTranspose2d(8, 1, 2, stride=2),
    nn.Sigmoid(),
)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)
criterion = nn.MSELoss()
for epoch in range(12):
    for x in clean[torch.randperm(800)].split(40):
        noisy = x + 0.2 * torch.randn_like(x)
        loss = criterion(model(noisy), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    print("epoch", epoch, "loss", loss.item())
