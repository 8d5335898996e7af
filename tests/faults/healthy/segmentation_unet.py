# A small U-Net that segments disks: skip connections, Dice plus BCE, few pixels of the object.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)
grid = torch.stack(torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij"))
middle = torch.rand(300, 2, 1, 1) * 10 + 3
masks = (((grid - middle) ** 2).sum(1, keepdim=True) < 9).float()
images = masks + 0.5 * torch.randn_like(masks)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.join, self.out = nn.Conv2d(16, 8, 3, padding=1), nn.Conv2d(8, 1, 1)

    def forward(self, x):
        a = F.relu(self.down1(x))
        b = F.relu(self.down2(F.max_pool2d(a, 2)))
        return self.out(F.relu(self.join(torch.cat([a, self.up(b)], 1))))


net = UNet()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(10):
    for x, m in zip(images.split(20), masks.split(20)):
        logits = net(x)
        p = torch.sigmoid(logits)
        dice = 1 - (2 * (p * m).sum() + 1) / (p.sum() + m.sum() + 1)
        loss = F.binary_cross_entropy_with_logits(logits, m) + dice
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("epoch", epoch, "loss", loss.item())
