# A fine-tuning rate, SGD 1e-5, on an untrained GRU.
# Expect: step-too-small
# From: AutoTrainer, "slow convergence"
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.gru = nn.GRU(16, 24, batch_first=True)
        self.out = nn.Linear(24, 1)

    def forward(self, t):
        _, h = self.gru(self.embed(t))
        return self.out(h[0]).squeeze(1)


tokens = torch.randint(0, 50, (900, 8))
label = ((tokens < 12).sum(1) > (tokens > 37).sum(1)).float()
model = Sentiment()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5, momentum=0.9)  # fault
optimizer = torch.optim.SGD(model.parameters(), lr=3e-1, momentum=0.9)  # mended
criterion = nn.BCEWithLogitsLoss()
for epoch in range(20):
    for t, y in zip(tokens.split(30), label.split(30)):
        optimizer.zero_grad()
        loss = criterion(model(t), y)
        loss.backward()
        optimizer.step()
    if epoch % 4 == 0:
        print(epoch, loss.item())
print("accuracy", ((model(tokens) > 0).float() == label).float().mean().item())
