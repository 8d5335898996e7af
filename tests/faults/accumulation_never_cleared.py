# A sequence tagger with gradient accumulation over four batches: the gradients are cleared once an epoch only.
# Expect: gradients-not-cleared
# From: typical question on gradient accumulation; "loss explodes after some steps"
# Held out
import torch
import torch.nn as nn

torch.manual_seed(0)
ACCUMULATE = 4


class Tagger(nn.Module):
    def __init__(self, vocabulary=30, tags=3):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, 16)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.out = nn.Linear(32, tags)

    def forward(self, tokens):
        hidden, _ = self.rnn(self.embed(tokens))
        return self.out(hidden)


def batch(size=16, length=12):
    tokens = torch.randint(0, 30, (size, length))
    previous = torch.roll(tokens, 1, dims=1)
    previous[:, 0] = 0
    return tokens, (tokens + previous) % 3


model = Tagger()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.5)
for epoch in range(3):
    optimizer.zero_grad()
    total = 0.0
    for step in range(400):
        tokens, tags = batch()
        loss = criterion(model(tokens).flatten(0, 1), tags.flatten()) / ACCUMULATE
        loss.backward()
        total += loss.item() * ACCUMULATE
        if (step + 1) % ACCUMULATE == 0:
            optimizer.step()
            optimizer.zero_grad()  # mended
    print(f"epoch {epoch}: mean loss {total / 400:.3f}")

tokens, tags = batch(200)
print("final loss", criterion(model(tokens).flatten(0, 1), tags.flatten()).item())
