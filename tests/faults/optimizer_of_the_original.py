# The new model is built after the optimizer by deepcopy, and it is the copy that is trained.
# Expect: not-in-optimizer
# From: typical question: copy.deepcopy of the model between optimizer and loop
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
net = nn.Sequential(nn.Embedding(40, 16), nn.Flatten(), nn.Linear(16 * 6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
model = copy.deepcopy(net)  # fault
model = net  # mended

words = torch.randint(0, 40, (1000, 6))
label = (words.max(1).values > 35).long()
for epoch in range(15):
    for x, y in zip(words.split(50), label.split(50)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        print("epoch", epoch, "loss", loss.item())
print("final loss", F.cross_entropy(model(words), label).item())
