# A CNN on small images of stripes: zero_grad stands between backward and step, so that no step has a gradient.
# Expect: no-gradient
# From: typical question: "weights don't change", order of zero_grad, backward and step
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


def stripes(n):
    labels = torch.randint(0, 2, (n,))
    images = torch.rand(n, 1, 12, 12) * 0.5
    rows = torch.randint(0, 12, (n,))
    for k in range(n):
        if labels[k]:
            images[k, 0, rows[k], :] += 0.7
        else:
            images[k, 0, :, rows[k]] += 0.7
    return images, labels


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16 * 9, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
images, labels = stripes(1000)
for epoch in range(8):
    for xb, yb in zip(images.split(50), labels.split(50)):
        optimizer.zero_grad()  # mended
        loss = F.cross_entropy(net(xb), yb)
        loss.backward()
        optimizer.zero_grad()  # fault
        optimizer.step()
    print("epoch", epoch, "loss", loss.item())

test_images, test_labels = stripes(300)
print("test accuracy", (net(test_images).argmax(1) == test_labels).float().mean().item())
