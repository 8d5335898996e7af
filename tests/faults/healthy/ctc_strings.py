# A recurrent reader of noisy strips with the CTC loss.
import torch
import torch.nn as nn

torch.manual_seed(0)
glyphs = torch.randn(6, 8)


def batch(n=16, symbols=3, width=4):
    targets = torch.randint(1, 6, (n, symbols))
    strips = glyphs[targets].repeat_interleave(width, dim=1) + 0.2 * torch.randn(n, symbols * width, 8)
    return strips, targets


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(8, 32, bidirectional=True, batch_first=True)
        self.out = nn.Linear(64, 6)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h).log_softmax(2).transpose(0, 1)


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
ctc = nn.CTCLoss(blank=0)
for step in range(250):
    strips, targets = batch()
    log_probs = model(strips)
    loss = ctc(log_probs, targets, torch.full((16,), 12), torch.full((16,), 3))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(step, loss.item())
