# A character model of a short text, with truncated backpropagation and gradient clipping.
import torch
import torch.nn as nn

torch.manual_seed(0)
text = "the quick brown fox jumps over the lazy dog and runs into the dark wood. " * 30
chars = sorted(set(text))
codes = torch.tensor([chars.index(c) for c in text])


class CharLSTM(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.embed = nn.Embedding(n, 16)
        self.lstm = nn.LSTM(16, 64, batch_first=True)
        self.out = nn.Linear(64, n)

    def forward(self, x, state=None):
        h, state = self.lstm(self.embed(x), state)
        return self.out(h), state


model = CharLSTM(len(chars))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss()
batch, length = 8, 20
usable = (len(codes) - 1) // batch * batch
x, y = codes[:usable].view(batch, -1), codes[1 : usable + 1].view(batch, -1)
for epoch in range(8):
    state = None
    for i in range(0, x.shape[1] - length, length):
        logits, state = model(x[:, i : i + length], state)
        state = tuple(s.detach() for s in state)
        loss = criterion(logits.reshape(-1, len(chars)), y[:, i : i + length].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    print(f"epoch {epoch} loss {loss.item():.3f}")
