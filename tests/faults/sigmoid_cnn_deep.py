# A deep CNN with sigmoids behind every convolution.
# Expect: vanishing, collapsed-to-constant
# From: AutoTrainer, "vanishing gradient" on image data
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)


def conv(inputs, outputs):
    activation = nn.Sigmoid()  # fault
    activation = nn.ReLU()  # mended
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), activation)


net = nn.Sequential(
    conv(1, 8),
    conv(8, 8),
    conv(8, 8),
    nn.MaxPool2d(2),
    conv(8, 8),
    conv(8, 8),
    conv(8, 8),
    nn.Flatten(),
    nn.Linear(8 * 16, 4),
)
prototypes = torch.rand(4, 1, 8, 8)
labels = torch.randint(0, 4, (600,))
images = prototypes[labels] + 0.3 * torch.randn(600, 1, 8, 8)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(12):
    for i in range(0, 600, 30):
        optimizer.zero_grad()
        loss = criterion(net(images[i : i + 30]), labels[i : i + 30])
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.4f}")
print("accuracy", (net(images).argmax(1) == labels).float().mean().item())
