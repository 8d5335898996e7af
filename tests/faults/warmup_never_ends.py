# A linear warm-up over a million steps, in a run of 600.
# Expect: step-too-small
# From: typical question on transformers' schedulers: total steps taken from a larger run
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
WARMUP = 1_000_000  # fault
WARMUP = 50  # mended


class CharModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 32)
        layer = nn.TransformerEncoderLayer(32, 2, 64, dropout=0.0, batch_first=True)
        self.block = nn.TransformerEncoder(layer, 1)
        self.out = nn.Linear(32, 12)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.out(self.block(self.embed(x), mask=mask))


def batch(size=32, length=10):
    start, step = torch.randint(0, 12, (size, 1)), 5
    return (start + step * torch.arange(length + 1)) % 12


model = CharModel()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / WARMUP))
for step in range(600):
    sequence = batch()
    logits = model(sequence[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), sequence[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if step % 100 == 0:
        print(step, loss.item())
print("final loss", loss.item())
